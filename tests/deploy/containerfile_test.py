#!/usr/bin/env python3
"""The container is built with the packages that ./dev installs: two lists, one content."""

import re
import sys
from pathlib import Path

ROOT = (Path(__file__).parent / '../..').resolve()


def packages_of_dev():
    text = (ROOT / 'dev').read_text(encoding='utf-8')
    lines = re.search(r'^build_packages\(\) \{.*?<<END\n(.*?)^END$', text, re.M | re.S)[1]
    names = {re.split(r'[|\s]', line)[0] for line in lines.splitlines()}
    boost = re.search(r'boost=(\S+)  #', text)[1]  # that of Debian 12
    return {boost if name == '$boost' else name for name in names}


def packages_of_build_stage():
    text = (ROOT / 'deploy/Containerfile').read_text(encoding='utf-8')
    first_run = re.search(r'--no-install-recommends(.*?)&& rm', text, re.S)[1]
    return set(first_run.replace('\\', ' ').split())


def main():
    ours, theirs = packages_of_build_stage(), packages_of_dev()
    for name in sorted(theirs - ours):
        print(f'deploy/Containerfile: {name} is missing; ./dev installs it')
    for name in sorted(ours - theirs):
        print(f'deploy/Containerfile: {name} is not among the build packages of ./dev')
    return 1 if ours != theirs or not ours else 0


if __name__ == '__main__':
    sys.exit(main())
