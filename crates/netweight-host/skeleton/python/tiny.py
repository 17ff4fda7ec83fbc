#!/usr/bin/env python3
"""A plugin for .tiny files, a dense layer a line: its path, its inputs, its outputs.

Check: netweight plugin check tiny.py example.tiny
"""
import json
import sys


def records(text):
    first, *lines = text.splitlines() or [""]
    if first != "tiny 1":
        raise ValueError("the first line is not `tiny 1`")
    yield {"schema": "netweight-model/1", "format": "tiny"}
    for line in lines:
        path, inputs, outputs = line.split(" ")
        args = {"input_size": int(inputs), "output_size": int(outputs)}
        yield {"path": path, "type": "dense", "kind": "dense", "args": args}
    yield {"end": len(lines)}


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            told = list(records(file.read()))
    except (OSError, ValueError) as error:
        told = [{"fail": str(error)}]
    print("\n".join(map(json.dumps, told)))


main()
