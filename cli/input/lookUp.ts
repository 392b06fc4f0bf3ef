import { resolveRevision, scenarioApplies } from '../../checker/resolveRevision.js';
import type { ResolvedRevision } from '../../checker/system/link.js';
import type { PropertyId } from '../../models/program/propertyId.js';
import { isPropertyId, propertyIds } from '../../models/program/propertyId.js';
import { revisionById, revisions } from '../../models/revisions/index.js';
import { familyMember } from '../../models/scenarios/families/index.js';
import { scenarioById, scenarios } from '../../models/scenarios/index.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { InputError } from './inputError.js';
import { unknownName } from './unknownName.js';

/** The built-in revision of that name, its bases laid under it. */
export function lookUpRevision(id: string): ResolvedRevision {
  const revision = revisionById(id);
  if (!revision)
    throw unknownName(
      'revision',
      id,
      revisions.map((one) => one.id),
      'interleaf list revisions',
    );
  return resolveRevision(revision, revisionById);
}

/** What `--base` means: a revision, `none`, or if it is not given the revision's own base. */
export function lookUpBase(id: string | undefined, of: ResolvedRevision): ResolvedRevision | null {
  const base = id ?? of.revision.base ?? 'none';
  return base === 'none' ? null : lookUpRevision(base);
}

/** The built-in scenario of that name, or the member of a family. */
export function lookUpScenario(id: string): Scenario {
  const scenario = scenarioById(id);
  if (scenario) return scenario;
  const listing = 'interleaf list scenarios';
  const member = familyMember(id);
  if (member && !member.ok)
    throw new InputError('no-family-member', `'${id}' is no member of its family: ${member.error}`, { next: listing });
  throw unknownName(
    'scenario',
    id,
    scenarios.map((one) => one.id),
    listing,
  );
}

/**
 * The scenarios to run on some revisions: the named ones, or all of the default size that apply to one of them (with
 * `withLarge` the large ones as well).
 */
export function selectScenarios(
  named: readonly string[],
  revisions: readonly ResolvedRevision[],
  withLarge: boolean,
): readonly Scenario[] {
  if (named.length === 0) {
    return (scenarios as readonly Scenario[]).filter(
      (scenario) =>
        (withLarge || scenario.size === 'default') && revisions.some((revision) => scenarioApplies(scenario, revision)),
    );
  }
  const chosen = [...new Set(named)].map(lookUpScenario);
  for (const scenario of chosen) {
    if (!revisions.some((revision) => scenarioApplies(scenario, revision))) throw doesNotApply(scenario, revisions);
  }
  return chosen;
}

function doesNotApply(scenario: Scenario, revisions: readonly ResolvedRevision[]): InputError {
  const names = revisions.map(({ revision }) => revision.id).join(' or ');
  const [revision] = revisions;
  const missing = (scenario.requires ?? []).filter((name) => !revision!.functions.has(name));
  const why =
    scenario.subsystem !== revision!.revision.subsystem
      ? `it is about ${scenario.subsystem}, and ${names} about ${revision!.revision.subsystem}`
      : `it needs ${missing.join(', ')}`;
  return new InputError('scenario-does-not-apply', `scenario '${scenario.id}' does not apply to ${names}: ${why}`, {
    next: 'interleaf list scenarios',
  });
}

/** Ids of properties, checked; null for all of them. */
export function lookUpProperties(ids: readonly string[]): readonly PropertyId[] | null {
  if (ids.length === 0) return null;
  return ids.map((id) => {
    if (!isPropertyId(id)) throw unknownName('property', id, propertyIds, 'interleaf list properties');
    return id;
  });
}

/** Ids of findings, as `check` prints them: a property and eight hexadecimal digits. */
export function readFindingIds(ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    const match = /^(.*)-[0-9a-f]{8}$/.exec(id);
    if (match?.[1] === undefined || !isPropertyId(match[1])) {
      throw new InputError('bad-finding-id', `'${id}' is no id of a finding; ids look like use-after-free-0a1b2c3d`, {
        next: 'take the id from the output of `interleaf check`',
      });
    }
  }
  return ids;
}
