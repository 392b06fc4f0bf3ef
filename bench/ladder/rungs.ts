/** States and transitions. */
export type Counts = readonly [states: number, transitions: number];

/**
 * A system to search. Counts are those of complete searches: a test makes the smaller ones again, and SPIN counted all full ones on
 * the exported model (`rungsInSpin.test.ts`).
 */
export interface Rung {
  readonly revision: string;
  readonly scenario: string;
  /** With every access to shared memory as a step; null if nobody has got to the end. */
  readonly full: Counts | null;
  /** As `interleaf check` searches it with the interpreter; null if nobody has got to the end. */
  readonly reduced: Counts | null;
  /** Of `--rungs small`. */
  readonly isSmall: boolean;
}

/**
 * The ladder, lowest rung first. The revision is one that holds but for what is found without ending a path, so that every tool
 * has to visit every state.
 */
export const rungs: readonly Rung[] = [
  small('open-close', [14_188, 40_671], [3_999, 11_251]),
  small('putters-1', [34_159, 96_637], [5_863, 15_832]),
  small('two-putters', [105_765, 305_388], [8_712, 23_810]),
  small('allocators-1-1', [196_295, 527_788], [50_830, 138_059]),
  small('importers-1', [234_638, 681_299], [34_556, 97_910]),
  small('two-allocators', [565_031, 1_154_114], [75_535, 161_282]),
  large('putters-2', [2_275_242, 8_556_007], [271_930, 986_462]),
  large('allocators-2-0', [6_085_729, 17_143_879], [974_745, 2_732_463]),
  large('allocators-1-2', [6_437_837, 24_473_988], [1_095_018, 4_205_915]),
  large('importers-2', [7_252_040, 28_269_394], [697_116, 2_639_818]),
  large('openers-3', [20_759_796, 83_992_495], [2_812_176, 11_330_456]),
  large('allocators-2-1', null, null),
  large('putters-3', null, null),
];

function small(scenario: string, full: Counts | null, reduced: Counts | null): Rung {
  return { revision: 'v4-pin-device', scenario, full, reduced, isSmall: true };
}

function large(scenario: string, full: Counts | null, reduced: Counts | null): Rung {
  return { revision: 'v4-pin-device', scenario, full, reduced, isSmall: false };
}
