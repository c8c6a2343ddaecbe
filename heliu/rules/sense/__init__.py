"""Rules that can't be meant so: they hold for nobody, for everybody, or say a thing twice."""
