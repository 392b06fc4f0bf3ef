import type { CheckResult, FindingOrigin } from '../../checker/finding/finding.js';
import { plural } from './layout.js';
import type { RootCause } from './rootCauses.js';
import { rootCausesOf } from './rootCauses.js';

/** The two lines that every report for people begins with: what the revision introduces, and what it has of its base. */
export function headline(result: CheckResult): readonly [string, string] {
  const causes = rootCausesOf(result);
  const of = (...origins: FindingOrigin[]) => causes.filter(({ cause }) => origins.includes(cause.origin));
  const isCut = result.scenarios.some(({ verdict }) => verdict === 'inconclusive');
  const undecided = isCut || (result.source?.incomplete.length ?? 0) > 0 ? ', as far as the search got' : '';
  if (result.base === null) {
    return [
      `${result.revision} has ${bugs(of('introduced', 'new way', 'inherited', 'unknown'))}${undecided}`,
      `${result.revision} was not compared with a base: nothing says which of them are new`,
    ];
  }
  const newWays = of('new way');
  const ways = newWays.length === 0 ? '' : ` and opens new ways to ${bugs(newWays)} of its base`;
  const open = of('unknown');
  const old = of('inherited', 'new way');
  if (open.length > 0) {
    return [
      `${result.revision} has ${bugs(open)} that may be new${ways}${undecided}`,
      `${result.base}, its base, was not searched to its end${old.length === 0 ? '' : `; it shows ${bugs(old)} too`}`,
    ];
  }
  return [
    `${result.revision} introduces ${bugs(of('introduced'))}${ways}${undecided}`,
    `it inherits ${bugs(old)} from ${result.base}, its base`,
  ];
}

/** `2 bugs (memory-leak, data-race)`, a bug being a root cause; `no bug`. */
function bugs(causes: readonly RootCause[]): string {
  if (causes.length === 0) return 'no bug';
  const kinds = [...new Set(causes.map(({ cause }) => cause.property))];
  return `${plural(causes.length, 'bug')} (${kinds.join(', ')})`;
}
