// What is decided, by `conformance/consent`. Runs anywhere: it is given the package and one file of cases.

import { equal, known } from './equal.mjs';

const KEYS = 'env terminal machine project choice notice distributor catalogue sensitivity ended home'.split(' ');

/** One file; answers how many cases there were. */
export function checkConsent({ decide }, file) {
  let count = 0;
  for (const it of file.cases) {
    known(it, ['why', 'given', 'expect', 'each'], it.why);
    for (const one of it.each ?? [{}]) {
      const { mode, rule } = decide(given({ ...file.given, ...it.given, ...one }));
      equal(`${mode} ${rule}`, it.expect, `${it.why}: ${JSON.stringify(one)}`);
      count += 1;
    }
  }
  return count;
}

/** What a case gives, with the defaults of the page. */
function given(said) {
  known(said, KEYS, 'a case');
  const terminal = { stdin: false, stdout: false, stderr: said.terminal ?? true };
  const word = (text, none) => (text === undefined || text === none ? undefined : text);
  return {
    tool: 'acme',
    environment: { variables: said.env ?? {}, terminal, files: [], kernel: '', cgroup: '' },
    machine: word(said.machine, 'silent') ?? 'nothing',
    project: word(said.project, 'silent') ?? 'nothing',
    choice: word(said.choice, 'none') ?? 'nothing',
    notice: word(said.notice, 'none'),
    distributor: word(said.distributor, 'none'),
    catalogue: said.catalogue ?? 'on',
    sensitivity: said.sensitivity ?? 'interaction',
    ended: said.ended ?? false,
    home: said.home ?? true,
  };
}
