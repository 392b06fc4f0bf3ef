/** One search in a process of its own: `node dist/bench/oneSearch.js REVISION SCENARIO ENGINE`. Prints JSON. */
import process from 'node:process';
import { resolveRevision } from '../checker/resolveRevision.js';
import { link } from '../checker/system/link.js';
import { revisionById } from '../models/revisions/index.js';
import { scenarioById } from '../models/scenarios/index.js';
import { measuredEngines } from './ladder/engines.js';

const [revisionId, scenarioId, engineName] = process.argv.slice(2);
const revision = revisionById(revisionId ?? '');
const scenario = scenarioById(scenarioId ?? '');
const engine = measuredEngines.find(({ name }) => name === engineName);
if (!revision || !scenario || !engine) {
  process.stderr.write('usage: node dist/bench/oneSearch.js REVISION SCENARIO ENGINE\n');
  process.exitCode = 2;
} else {
  const resolved = resolveRevision(revision, revisionById);
  const system = link(resolved, scenario);
  const start = performance.now();
  const options = { maxStates: Infinity, timeout: Infinity, now: () => performance.now(), ...engine.options };
  const result = await engine.search(system, options, resolved);
  const { states, transitions, bytes, limits } = result;
  const search = (performance.now() - start) / 1000;
  const resident = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ states, transitions, bytes, limits, search, resident })}\n`);
}
