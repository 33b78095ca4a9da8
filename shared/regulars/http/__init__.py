"""HTTP as API Gateway hands it over: requests, answers, credentials, problem documents, headers.

No page is rendered and nothing is booked here. `api`, `pages` and the functions call it.
"""
