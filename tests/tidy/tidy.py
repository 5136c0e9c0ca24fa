#!/usr/bin/env python3
"""Holds the tree to the rules that a reviewer would otherwise repeat.

usage: tidy.py ROOT             check the sources under ROOT
       tidy.py --pure LIBRARY   check that a static library asks for no I/O, clock or thread

Prints file:line: what and why; exits 1 when there is anything to print.
"""

import re
import subprocess
import sys
from pathlib import Path

# Which layers' headers a layer may include, beside its own. `core` is src/model, src/engine and
# include/crowdflow; `proto` is the generated contract. Roles are not in each other's lists.
ROLE = {'core', 'concurrency', 'wire', 'log', 'telemetry', 'http'}
LAYERS = {
    'core': set(),
    'concurrency': {'core'},
    'wire': {'core', 'proto'},
    'log': {'core'},
    'kafka': {'core', 'concurrency', 'log'},
    'embedded': {'core', 'concurrency', 'log'},
    'config': {'core'},
    'telemetry': {'core', 'concurrency'},
    'http': {'core', 'concurrency'},
    'processor': ROLE - {'http'},
    'gateway': ROLE,
    'console': ROLE,
    'notifier': ROLE,
    'sim': {'core'},
    'app': ROLE | {'kafka', 'embedded', 'config', 'processor', 'gateway', 'console', 'notifier',
                   'sim'},
}
CORE_DIRECTORIES = {'model', 'engine'}

# Third-party headers with one home.
HOMES = {
    'librdkafka/': {'kafka'},
    'sqlite3.h': {'embedded'},
    'yaml-cpp/': {'config'},
    'absl/': {'config'},
    'prometheus/': {'telemetry'},
    'CLI/': {'app'},
    'google/protobuf/': {'wire'},
}

# Core includes tl::expected and the standard library, without what reaches out of the process.
NOT_IN_CORE = {'atomic', 'condition_variable', 'csignal', 'ctime', 'filesystem', 'fstream',
               'future', 'iostream', 'mutex', 'random', 'semaphore', 'shared_mutex', 'stop_token',
               'syncstream', 'thread'}

MAX_LINES = 400
MAX_COLUMNS = 100
VAGUE_NAMES = {'util', 'utils', 'common', 'helper', 'helpers', 'misc'}

UNFINISHED = re.compile(r'\b(todo|fixme|xxx|not implemented|placeholder|for now)\b', re.IGNORECASE)
ATOMICS = re.compile(r'std::atomic|memory_order|<atomic>')
SILENCED = re.compile(r'DISABLED_|GTEST_SKIP|test\.skip|\.only\(|WILL_FAIL')
THROW = re.compile(r'\bthrow\b')
CLOCK = re.compile(r'_clock::now\b|\bstd::(time|rand)\(')
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
NOT_CODE = re.compile(r'"(?:\\.|[^"\\\n])*"|//.*')

# Undefined symbols (demangled) that betray a library that reaches out of the process. stderr and
# abort are allowed: that is how CROWDFLOW_CHECK says its last words.
IMPURE = re.compile(
    r'^(socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|poll|e?poll_wait|select|'
    r'open(64|at)?|f?open64|fopen|fread|read|write|mmap|getenv|setenv|system|fork|exec[vl]p?e?|'
    r'time|clock|clock_gettime|gettimeofday|nanosleep|usleep|sleep|s?rand|random|getrandom|'
    r'pthread_create|pthread_mutex_lock|rd_kafka_\w+|sqlite3_\w+)(@|$)'
    r'|^std::(cout|cerr|clog|cin|thread|random_device|basic_[io]?fstream|basic_filebuf|filesystem)\b'
    r'|^std::chrono::.*::now|^google::protobuf|^boost::')


class Tidy:
    def __init__(self, root):
        self.root = Path(root)
        self.found = []

    def say(self, path, line, text):
        self.found.append(f'{path.relative_to(self.root)}:{line}: {text}')

    def files(self, *directories):
        for directory in directories:
            for path in sorted((self.root / directory).rglob('*')):
                parts = path.relative_to(self.root).parts
                if path.is_file() and 'node_modules' not in parts and 'testdata' not in parts:
                    yield path

    def check(self):
        for path in self.files('src', 'include', 'proto', 'tests', 'benchmarks', 'deploy',
                               'web/src'):
            top = path.relative_to(self.root).parts[0]
            try:
                lines = path.read_text(encoding='utf-8').splitlines()
            except UnicodeDecodeError:
                continue  # a picture, an archive
            self.check_name(path)
            if top in ('src', 'include'):
                self.check_size(path, lines)
            if path.suffix in ('.h', '.cc', '.proto'):
                self.check_columns(path, lines)
            if path.suffix == '.h':
                self.check_pragma(path, lines)
            if path.suffix in ('.h', '.cc'):
                self.check_code(path, top, lines)
            if top in ('src', 'include') and path.suffix in ('.h', '.cc'):
                self.check_includes(path, lines)
            if path.parent.name != 'tidy':  # which has to name what it forbids
                self.check_words(path, top, lines)
        return self.found

    def layer_of(self, path):
        parts = path.relative_to(self.root).parts
        if parts[0] == 'include' or parts[1] in CORE_DIRECTORIES:
            return 'core'
        return parts[1] if len(parts) > 2 else None  # src/build_info.h is nobody's and everybody's

    def check_name(self, path):
        for part in path.relative_to(self.root).parts:
            if part.split('.')[0] in VAGUE_NAMES:
                self.say(path, 1, f'"{part}" says nothing: name it after what it does')

    def check_size(self, path, lines):
        if len(lines) > MAX_LINES:
            self.say(path, len(lines), f'{len(lines)} lines, at most {MAX_LINES}: split it by idea')

    def check_columns(self, path, lines):
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS:
                self.say(path, number, f'{len(line)} columns, at most {MAX_COLUMNS}')

    def check_pragma(self, path, lines):
        if '#pragma once' not in lines:
            self.say(path, 1, 'a header without #pragma once')

    def check_words(self, path, top, lines):
        for number, line in enumerate(lines, 1):
            found = UNFINISHED.search(line)
            if found and top != 'tests':
                self.say(path, number, f'"{found[0]}": finish it or leave it out')
            found = SILENCED.search(line)
            if found and top in ('tests', 'web'):
                self.say(path, number, f'{found[0]}: a test that may not fail proves nothing')

    def check_code(self, path, top, lines):
        layer = self.layer_of(path) if top in ('src', 'include') else None
        if layer is None:
            return
        for number, line in enumerate(lines, 1):
            code = NOT_CODE.sub('', line)
            if ATOMICS.search(code) and layer != 'concurrency':
                self.say(path, number, 'atomics live in src/concurrency only')
            if THROW.search(code):
                self.say(path, number, 'we do not throw: Result<T> or an enum says what happened')
            if layer == 'core' and CLOCK.search(code):
                self.say(path, number, 'core has no clock and no chance: time comes in by a tick')

    def check_includes(self, path, lines):
        layer = self.layer_of(path)
        if layer is None:
            return
        if layer not in LAYERS:
            self.say(path, 1, f'src/{layer} is not in the table of layers (tests/tidy/tidy.py)')
            return
        in_model = path.relative_to(self.root).parts[:2] == ('src', 'model')
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            if match:
                problem = self.include_problem(layer, in_model, *match.groups())
                if problem:
                    self.say(path, number, problem)

    def include_problem(self, layer, in_model, bracket, header):
        allowed = LAYERS[layer] | {layer}
        for prefix, homes in HOMES.items():
            if header.startswith(prefix) and layer not in homes:
                return f'<{header}> belongs to src/{" and src/".join(sorted(homes))} only'
        if bracket == '<':
            if header.startswith('crowdflow/v1/'):
                return None if 'proto' in allowed else f'{layer} may not include the proto contract'
            if header.startswith('crowdflow/'):
                return None if 'core' in allowed else f'{layer} may not include core'
            standard = '.' not in header and '/' not in header and header not in NOT_IN_CORE
            if layer == 'core' and not standard and header != 'tl/expected.hpp':
                return f'core may not include <{header}>: no I/O, clock, thread or third party'
            return None
        if header == 'build_info.h':
            return None if layer not in ('core', 'sim') else f'{layer} may not include {header}'
        first = header.split('/')[0]
        if '/' not in header:
            return f'"{header}": write "layer/file.h", the include root is src/'
        if first == 'crowdflow':
            return f'"{header}": public headers are included as <{header}>'
        target = 'core' if first in CORE_DIRECTORIES else first
        if in_model and first == 'engine':
            return 'model may not include engine'
        if target not in LAYERS:
            return f'"{header}": there is no layer {target}'
        if target not in allowed:
            may = ', '.join(sorted(allowed - {layer})) or 'nothing else'
            return f'{layer} may not include {target} (it may include {may})'
        return None


def impure_symbols(library):
    """The undefined symbols of a static library that reach out of the process."""
    output = subprocess.run(['nm', '--undefined-only', '--demangle', str(library)], check=True,
                            capture_output=True, text=True).stdout
    symbols = {line.split(None, 1)[1] for line in output.splitlines() if line.strip()[:2] == 'U '}
    return sorted(symbol for symbol in symbols if IMPURE.search(symbol))


def main(arguments):
    if len(arguments) == 2 and arguments[0] == '--pure':
        problems = [f'{arguments[1]}: needs {symbol}, but core is a pure function of its input'
                    for symbol in impure_symbols(arguments[1])]
    elif len(arguments) == 1:
        problems = Tidy(arguments[0]).check()
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
