"""The same statement on other engines, over facts in Parquet; only differences come back."""
