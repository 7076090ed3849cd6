"""A worker that counts its own starts in the queue."""

import os
import signal

from redis import Redis

print(f"WARNING counted to {Redis.from_url(os.environ['REDIS_URL']).incr('starts')}", flush=True)
signal.pause()
