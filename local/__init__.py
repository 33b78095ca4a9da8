"""The whole product on one machine: an engine, the neighbours of AWS, and a small gateway.

Never deployed and free of product logic: it knows functions only through `template.yaml`.
"""
