// CI, containers and agents, by `conformance/environment`. Runs anywhere: it is given the package and the vectors.

import { equal, known } from './equal.mjs';

/** `facts.json`; answers how many vectors there were. */
export function checkFacts({ agent, ci, container, wsl }, vectors) {
  for (const it of vectors) {
    known(it, ['why', 'variables', 'files', 'kernel', 'cgroup', 'terminal', 'expect'], it.why);
    const { variables = {}, files = [], kernel = '', cgroup = '', terminal: sits = true } = it;
    const environment = { variables, files, kernel, cgroup, terminal: { stdin: sits, stdout: sits, stderr: sits } };
    const found = { ci: ci(environment), container: container(environment), agent: agent(environment) };
    equal({ ...found, wsl: wsl(environment) }, { wsl: false, ...it.expect }, it.why);
  }
  return vectors.length;
}
