"""cell → canonical value: phones, e-mails, names, days, places, ids."""
