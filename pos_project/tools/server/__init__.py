"""The production server: whole requests in, whole answers out, no thread ever waits for a client.

`parent` keeps worker processes alive; in each, `worker` lets threads take turns at one epoll;
`reading` turns bytes into bounded requests, `answering` calls the WSGI application.
"""
