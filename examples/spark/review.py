"""Reviews a data set of dossiers with Spark: two passes over the partitions, each through the program.

    python review.py --jxjs target/release/jxjs --dossiers dossiers.jsonl --out result --as-of 2026-11-24

Writes `result/reviews` (one case a line) and `result/summary.json`. With `--compare INPUT` the same input is also reviewed
at once, on one machine, and the two must agree.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from pyspark import SparkFiles, StorageLevel
from pyspark.sql import SparkSession

AGGREGATE = "aggregate.json"


def run(command, text=None, accepted=(0,)):
    """Runs the program; any other status than the accepted ones is an error with what it said."""
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8")
    if done.returncode not in accepted:
        raise RuntimeError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr}")
    return done.stdout, done.stderr


def reviewer(jxjs, as_of):
    """The second pass over one partition: its reviews, and what they add to the summary."""

    def review(lines):
        with tempfile.TemporaryDirectory() as folder:
            totals = pathlib.Path(folder) / "totals.json"
            dossiers = pathlib.Path(folder) / "dossiers.jsonl"
            with dossiers.open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(line + "\n" for line in lines)
            command = [jxjs, "check", "--from-jsonl", "--format", "jsonl", "--quiet", "--as-of", as_of]
            command += ["--aggregate", SparkFiles.get(AGGREGATE), "--totals", str(totals)]
            with dossiers.open("rb") as stdin, tempfile.TemporaryFile() as said:
                process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=said, encoding="utf-8")
                for line in process.stdout:
                    yield "review", line.rstrip("\n")
                # 0: all clear, 1: something found. A line that cannot be read (2) must not be lost.
                if process.wait() not in (0, 1):
                    said.seek(0)
                    raise RuntimeError(said.read().decode("utf-8"))
            yield "totals", totals.read_text(encoding="utf-8").strip()

    return review


def review(spark, args):
    context = spark.sparkContext
    began = time.monotonic()
    lines = context.textFile(args.dossiers, minPartitions=args.partitions)

    # First pass: what each partition knows of the batch, merged on the driver. Partitions may come in any order.
    parts = lines.pipe(f"'{args.jxjs}' aggregate", checkCode=True).collect()
    aggregate, _ = run([args.jxjs, "aggregate", "--merge", "-"], "\n".join(parts))
    shared = pathlib.Path(tempfile.mkdtemp()) / AGGREGATE
    shared.write_text(aggregate, encoding="utf-8")
    context.addFile(str(shared))
    gathered = time.monotonic()

    # Second pass: the reviews.
    done = lines.mapPartitions(reviewer(args.jxjs, args.as_of)).persist(StorageLevel.MEMORY_AND_DISK)
    reviews = pathlib.Path(args.out) / "reviews"
    shutil.rmtree(reviews, ignore_errors=True)
    done.filter(lambda item: item[0] == "review").values().saveAsTextFile(reviews.absolute().as_uri())
    totals = done.filter(lambda item: item[0] == "totals").values().collect()
    reviewed = time.monotonic()

    summary, _ = run([args.jxjs, "aggregate", "--merge", str(shared), "-", "--summary"], "\n".join(totals), accepted=(0, 1))
    (pathlib.Path(args.out) / "summary.json").write_text(summary, encoding="utf-8")
    cases = json.loads(summary)["summary"]["cases"]
    print(f"{cases} cases in {len(totals)} partitions: first pass {gathered - began:.1f} s, second {reviewed - gathered:.1f} s")
    return reviews, json.loads(summary)


def compare(args, reviews, summary):
    """Whether one run over the whole input says the same, line by line."""
    began = time.monotonic()
    command = [args.jxjs, "check", args.compare, "--format", "jsonl", "--as-of", args.as_of]
    lines, rest = run(command, accepted=(0, 1))
    took = time.monotonic() - began
    distributed = []
    for part in sorted(reviews.glob("part-*")):
        distributed += part.read_text(encoding="utf-8").splitlines()
    if sorted(distributed) != sorted(lines.splitlines()):
        sys.exit("the reviews differ")
    if summary["summary"] != json.loads(rest)["summary"]:
        sys.exit("the summaries differ")
    print(f"identical to one run over the whole ({len(distributed)} lines, {took:.1f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jxjs", default=shutil.which("jxjs"), help="the program, at the same path on every executor")
    parser.add_argument("--dossiers", required=True, help="what `jxjs dossiers` wrote, or a data warehouse")
    parser.add_argument("--out", required=True, help="folder of the results")
    parser.add_argument("--as-of", required=True, help="day of the review")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--master", default="local-cluster[2,1,1024]", help="two workers with one core each, unless given")
    parser.add_argument("--compare", help="the input of `jxjs dossiers`: review it at once too, and compare")
    args = parser.parse_args()
    if not args.jxjs:
        parser.error("--jxjs: the program was not found")
    args.jxjs = str(pathlib.Path(args.jxjs).absolute())
    pathlib.Path(args.out).mkdir(parents=True, exist_ok=True)
    spark = SparkSession.builder.master(args.master).appName("jxjs").getOrCreate()
    try:
        reviews, summary = review(spark, args)
    finally:
        spark.stop()
    if args.compare:
        compare(args, reviews, summary)


if __name__ == "__main__":
    main()
