"""Rebuild the shipped results: run the main scenario with its own seed and keep the small files.

    python results/rebuild.py
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NAME = "colombia_israel_2023"
KEPT = ("summary.csv", "causes.csv", "readiness_kfir.png", "states_kfir.png", "readiness_rifles.png")


def main() -> None:
    """Run, keep the small files and a record without the curves."""
    scenario = HERE.parent / "scenarios" / f"{NAME}.yaml"
    target = HERE / "shipped" / NAME
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "armsim", "run", str(scenario), "-o", folder]
        subprocess.run(command, check=True, cwd=HERE.parent)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in KEPT:
            shutil.copy(Path(folder) / name, target / name)
        record = json.loads((Path(folder) / "run.json").read_text(encoding="utf-8"))
    run = record["run"]
    said = {key: run[key] for key in ("scenario", "scenario_hash", "result_hash", "engine", "armsim_version", "seed",
                                      "worlds", "replications", "run_on")}  # fmt: skip
    said["versions"] = record.get("versions")
    text = f"""# {NAME}

Rebuilt by `python results/rebuild.py`, which runs `armsim run scenarios/{NAME}.yaml`. The same file and seed give the
same result hash on any machine, with any number of processes. What the numbers mean and what they do not:
[docs/cases/{NAME}.md](../../../docs/cases/{NAME}.md).

```json
{json.dumps(said, indent=1)}
```
"""
    (target / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
