"""The reference for webhooks: the smallest Flask app that takes a POST, served as Deskward's web process is."""

from __future__ import annotations

from flask import Flask, request

app = Flask(__name__)


@app.post("/hello")
def hello() -> str:
    """Read the body, say hello."""
    request.get_data()
    return "hello"
