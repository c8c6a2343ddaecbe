"""records → probable matches: weights learnt once, frozen, and applied to every pair alike."""
