"""`make bench NAME=...`: one of the benchmarks, or the list of them."""

import runpy
import sys

NAMES = {
    "note": "request to note, and the system's memory (needs `make serve`)",
    "serving": "what HTTP and Ray Serve cost beside the engine alone (needs `make serve`)",
    "adapter": "a LoRA adapter at run time against the merged model",
    "compare": "the engine against llama-server and llama-cpp-python's Llama",
    "full_size": "one training step of Phi-3-mini's size in four bits: memory and time",
    "growth": "cost against concurrency and length",
    "profile": "where the engine's time goes, by kind of batch",
    "rules": "what parsing, languages, risk and evidence cost in a long session",
    "settings": "the experiments behind the engine's settings",
    "training": "the fine-tune's speed and memory, with Ray and without, by setting",
    "trials": "which settings of the fine-tune learn best on a part of the data",
    "practice": "a round of learning from a simulated practice: less to edit afterwards?",
    "soak": "mixed traffic for half an hour, then a look for leaks",
}

if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
    for name, meaning in NAMES.items():
        print(f"{name:>9}  {meaning}")
    sys.exit(2)
del sys.argv[0]
runpy.run_module(f"bench.{sys.argv[0]}", run_name="__main__", alter_sys=True)
