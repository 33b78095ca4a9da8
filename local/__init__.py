"""The whole product on one machine: an engine, stand-ins for AWS services, and a small gateway.

Never deployed and free of product logic: it knows functions only through `template.yaml`.
"""
