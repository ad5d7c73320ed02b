"""Following: what can be followed, what it says of each change, and the ways on which that reaches people.

channels   what can be followed: everything, a dispute, a party, a pair, a search …
items      what is said of a change: the same in every feed, mail and webhook
pages      which changes a feed's document holds, and its archives (RFC 5005)
"""
