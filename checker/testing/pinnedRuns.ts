/** What is found, by the names that the audit of the patch gives. */
const findingGroups: Readonly<Record<string, readonly string[]>> = {
  /** tee_device_put() completes before it unlocks: one root cause, seen in three ways. */
  H1: ['lock-destroyed-held-7157bbf4', 'uninitialised-7ab49243', 'use-after-free-ce1ab3ad'],
  /** `size` and `flags` are documented as output and never written. */
  V1: ['output-not-written-0d62f0e8', 'output-not-written-e1404f4e'],
  /** Notes: operations that only refuse. */
  V3: ['refusing-operation-18696a14', 'refusing-operation-9bae6140', 'refusing-operation-c3d8c7a8'],
  /** match_dev() calls into the driver without being a user of the device (tee_client_open_context() in the base). */
  matchDev: ['data-race-4e130b3c', 'null-dereference-0864560d'],
};

/** Per scenario, with the reductions that are on by default: states, transitions, depth, findings. Without them: `pinnedFullRuns.ts`. */
export const pinnedRuns: Readonly<Record<string, Readonly<Record<string, readonly [number, number, number, string]>>>> =
  {
    v4: {
      'allocate-close': [2662, 4966, 40, 'H1 V1 V3'],
      'shm-close': [2202, 4092, 45, 'H1 V3'],
      'open-close': [2380, 6512, 35, 'V3'],
      arguments: [185, 6337, 2, 'V1 V3'],
      'look-up-id': [967, 2678, 18, 'V1 V3'],
      'look-up-close': [22600, 61348, 50, 'H1 V3'],
      'two-allocators': [4410, 10721, 26, 'V1 V3'],
      'two-contexts': [1823, 8458, 11, 'V1 V3'],
      'close-guessed': [56099, 151561, 68, 'H1 V1 V3'],
      import: [12860, 35297, 66, 'H1 V1 V3'],
      'import-dynamic': [727, 1449, 35, 'V1 V3'],
      'pass-buffer': [6128, 15655, 50, 'H1 V1 V3'],
      'kernel-importer': [6244, 18937, 43, 'H1 V3'],
      'two-putters': [2171, 5448, 38, 'H1 V3'],
      'two-shm-putters': [2143, 5372, 40, 'H1 V3'],
      'release-with-message': [2354, 4313, 52, 'H1 V3'],
      'driver-pool': [1853, 3458, 42, 'H1 V1 V3'],
      'pool-life': [2, 11, 1, 'V3'],
      'minimal-driver': [1802, 3418, 45, 'H1 V3'],
      'no-rstmem-free': [195, 339, 22, 'V3'],
      'no-rstmem': [15098, 31313, 57, 'H1 V3'],
      'no-rstmem-kernel-client': [34759, 100157, 47, 'H1 V3 matchDev'],
      'kernel-client': [534, 995, 27, 'H1 V3 matchDev'],
      'kernel-client-beside-user-unbind': [108257, 311233, 53, 'H1 V1 V3 matchDev'],
      'kernel-client-beside-user': [558, 2349, 10, 'V1 V3'],
      'general-client': [208426, 431420, 74, 'H1 V1 V3'],
      'general-client-pool': [24357, 49565, 57, 'H1 V1 V3'],
      'general-siblings': [29068, 60921, 47, 'V1 V3'],
      'general-siblings-unbind': [80715, 225485, 66, 'H1 V1 V3'],
      'general-strangers': [7326, 24369, 13, 'V1 V3'],
      'close-context-client': [63, 98, 17, 'H1 V3'],
      'close-context-file': [126, 213, 21, 'V3'],
    },
    'v6.12': {
      'allocate-close': [233, 415, 22, ''],
      'shm-close': [2202, 4092, 45, 'H1'],
      'open-close': [2380, 6512, 35, ''],
      arguments: [37, 5888, 2, ''],
      'look-up-id': [66, 159, 15, ''],
      'two-allocators': [21, 26, 14, ''],
      'two-contexts': [48, 182, 7, ''],
      'close-guessed': [23375, 62737, 68, 'H1'],
      import: [574, 1347, 29, ''],
      'import-dynamic': [25, 36, 10, ''],
      'pass-buffer': [285, 622, 23, ''],
      'two-shm-putters': [2143, 5372, 40, 'H1'],
      'release-with-message': [2354, 4313, 52, 'H1'],
      'minimal-driver': [1750, 3324, 45, 'H1'],
      'kernel-client': [534, 995, 27, 'H1 matchDev'],
      'kernel-client-beside-user-unbind': [30507, 88224, 45, 'H1 matchDev'],
      'kernel-client-beside-user': [360, 1584, 10, ''],
      'general-client': [39993, 86797, 77, 'H1'],
      'general-siblings': [12999, 27021, 47, ''],
      'general-siblings-unbind': [30343, 84531, 66, 'H1'],
      'general-strangers': [3809, 11905, 14, ''],
      'close-context-client': [63, 98, 17, 'H1'],
      'close-context-file': [126, 213, 21, ''],
    },
  };

/** Ids of the findings that a text such as 'H1 V1' stands for, sorted. */
export function pinnedFindings(names: string): string[] {
  const groups = names === '' ? [] : names.split(' ');
  return groups.flatMap((name) => findingGroups[name]!).sort();
}
