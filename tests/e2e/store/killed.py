"""Runs a command and kills it after a while: killed.py LEAST MOST COMMAND... (seconds)."""
import random
import subprocess
import sys
import time

process = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
time.sleep(random.uniform(float(sys.argv[1]), float(sys.argv[2])))
process.kill()
process.wait()
