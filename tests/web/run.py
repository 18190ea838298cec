#!/usr/bin/env python3
"""The server from outside, through HTTP alone.  Ends with "N passed, N failed".

run.py [WORD]   only the cases whose name holds WORD
"""
import importlib
import pathlib
import sys
import traceback

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0
    for file in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(file.stem)
        for name, case in [(n, c) for n, c in vars(module).items() if n.startswith("test_") and word in n]:
            try:
                case()
                passed += 1
                print(f"ok {name}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {name}\n{traceback.format_exc(limit=-4)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or passed == 0


sys.exit(main())
