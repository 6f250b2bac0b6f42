"""X-Ray's service side: its state, and the API that reads and changes it.

`state` is made with the channel; everything else is imported at the first request.
"""
