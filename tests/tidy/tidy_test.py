#!/usr/bin/env python3
"""The tidy checks can fail: each rule is shown a tree that breaks it, and one that does not."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import tidy

HEADER = '#pragma once\n\n'


class TidyTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def problems(self, path, text):
        self.write(path, text)
        return tidy.Tidy(self.root).check()

    def assert_problem(self, path, text, line, words):
        found = self.problems(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f'{path}:{line}: '), found)
        self.assertIn(words, found[0])

    def test_accepts_what_the_table_of_layers_allows(self):
        self.write('include/crowdflow/venue.h', HEADER + '#include <chrono>\n#include <vector>\n'
                   '#include <tl/expected.hpp>\n\n#include <crowdflow/time.h>\n')
        self.write('src/engine/shard.cc', '#include "engine/shard.h"\n#include "model/area.h"\n'
                   '#include <algorithm>\n// throw, std::atomic\nauto text = "throw";\n')
        self.write('src/concurrency/ring.h', HEADER + '#include <atomic>\nstd::atomic<int> x;\n')
        self.write('src/wire/json.cc', '#include <boost/json.hpp>\n'
                   '#include <crowdflow/v1/reading.pb.h>\n#include <google/protobuf/arena.h>\n')
        self.write('src/kafka/consumer.cc', '#include <librdkafka/rdkafka.h>\n'
                   '#include "log/log.h"\n')
        self.write('src/app/main.cc', '#include "build_info.h"\n#include "console/console.h"\n'
                   '#include "processor/processor.h"\n')
        self.assertEqual(tidy.Tidy(self.root).check(), [])

    def test_refuses_one_role_in_another(self):
        self.assert_problem('src/processor/loop.cc', '\n#include "console/state.h"\n', 2,
                            'processor may not include console')

    def test_refuses_an_upward_include(self):
        self.assert_problem('src/wire/json.cc', '#include "processor/loop.h"\n', 1,
                            'wire may not include processor')

    def test_refuses_engine_in_model(self):
        self.assert_problem('src/model/area.cc', '#include "engine/shard.h"\n', 1,
                            'model may not include engine')

    def test_refuses_third_parties_away_from_home(self):
        for header, layer in (('librdkafka/rdkafka.h', 'log'), ('sqlite3.h', 'kafka'),
                              ('yaml-cpp/yaml.h', 'app'), ('google/protobuf/arena.h', 'console')):
            with self.subTest(header):
                self.setUp()
                self.assert_problem(f'src/{layer}/x.cc', f'#include <{header}>\n', 1,
                                    f'<{header}> belongs to')

    def test_refuses_the_generated_contract_outside_wire(self):
        self.assert_problem('src/console/x.cc', '#include <crowdflow/v1/alert.pb.h>\n', 1,
                            'console may not include the proto contract')

    def test_refuses_io_threads_and_third_parties_in_core(self):
        for header in ('iostream', 'fstream', 'thread', 'mutex', 'sys/socket.h', 'unistd.h',
                       'ctime', 'boost/json.hpp', 'fmt/format.h', 'spdlog/spdlog.h'):
            with self.subTest(header):
                self.setUp()
                self.assert_problem('src/engine/x.cc', f'#include <{header}>\n', 1,
                                    f'core may not include <{header}>')

    def test_refuses_a_clock_in_core(self):
        self.assert_problem('src/engine/x.cc', 'auto t = std::chrono::system_clock::now();\n', 1,
                            'core has no clock')

    def test_refuses_atomics_outside_concurrency(self):
        self.assert_problem('src/http/x.cc', 'int a;\nstd::atomic<int> b;\n', 2,
                            'atomics live in src/concurrency only')

    def test_refuses_throw(self):
        self.assert_problem('src/http/x.cc', 'void f() { throw 1; }\n', 1, 'we do not throw')

    def test_refuses_a_layer_that_is_not_in_the_table(self):
        self.assert_problem('src/magic/x.cc', 'int x;\n', 1, 'not in the table of layers')

    def test_refuses_an_include_without_its_layer(self):
        self.assert_problem('src/http/x.cc', '#include "server.h"\n', 1, 'write "layer/file.h"')

    def test_refuses_vague_names(self):
        self.assert_problem('src/http/utils.cc', 'int x;\n', 1, 'says nothing')

    def test_refuses_long_files_and_long_lines(self):
        self.assert_problem('src/http/x.cc', 'int x;\n' * 401, 401, 'at most 400')
        self.setUp()
        self.assert_problem('src/http/x.cc', '// ' + 'é' * 98 + '\n', 1, '101 columns')

    def test_refuses_a_header_without_pragma_once(self):
        self.assert_problem('src/http/x.h', 'int x;\n', 1, '#pragma once')

    def test_refuses_unfinished_work(self):
        for words in ('TODO: rest', 'FIXME', 'works for now', 'a placeholder'):
            with self.subTest(words):
                self.setUp()
                self.assert_problem('deploy/prometheus.yml', f'a: 1\n# {words}\n', 2, 'finish it')

    def test_refuses_silenced_tests(self):
        self.assert_problem('tests/unit/x/x_test.cc', 'TEST(A, DISABLED_B) {}\n', 1, 'may not fail')

    def test_tells_a_pure_library_from_one_that_reaches_out(self):
        for code, expected in (
                ('#include <cstdlib>\nvoid f(bool a) { if (!a) std::abort(); }', []),
                ('#include <cstdio>\nvoid f() { std::fopen("x", "r"); }', ['fopen']),
                ('#include <chrono>\nlong f() { return std::chrono::steady_clock::now()'
                 '.time_since_epoch().count(); }', ['std::chrono::_V2::steady_clock::now()'])):
            with self.subTest(code):
                self.write('x.cc', code)
                subprocess.run(['c++', '-c', 'x.cc', '-o', 'x.o'], cwd=self.root, check=True)
                self.assertEqual(tidy.impure_symbols(self.root / 'x.o'), expected)


if __name__ == '__main__':
    unittest.main()
