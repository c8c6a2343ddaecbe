"""The domain: plain Python that has never heard of Prefect."""
