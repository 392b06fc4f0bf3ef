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
      'allocate-close': [3007, 5627, 44, 'H1 V1 V3'],
      'shm-close': [2460, 4584, 49, 'H1 V3'],
      'open-close': [2380, 6512, 36, 'V3'],
      arguments: [213, 7354, 4, 'V1 V3'],
      'look-up-id': [1993, 5092, 24, 'V1 V3'],
      'look-up-close': [27999, 77416, 62, 'H1 V3'],
      'two-allocators': [6479, 15341, 32, 'V1 V3'],
      'two-contexts': [5258, 18785, 19, 'V1 V3'],
      'close-guessed': [74527, 201923, 82, 'H1 V1 V3'],
      import: [17247, 46411, 85, 'H1 V1 V3'],
      'import-dynamic': [1047, 2012, 37, 'V1 V3'],
      'pass-buffer': [9059, 21953, 64, 'H1 V1 V3'],
      'kernel-importer': [8115, 23924, 57, 'H1 V3'],
      'two-putters': [3815, 9937, 54, 'H1 V3'],
      'two-shm-putters': [2859, 7285, 50, 'H1 V3'],
      'release-with-message': [2503, 4591, 56, 'H1 V3'],
      'driver-pool': [1984, 3712, 47, 'H1 V1 V3'],
      'pool-life': [2, 11, 1, 'V3'],
      'minimal-driver': [1895, 3595, 49, 'H1 V3'],
      'no-rstmem-free': [195, 339, 23, 'V3'],
      'no-rstmem': [21216, 42590, 73, 'H1 V3'],
      'no-rstmem-kernel-client': [34759, 100157, 48, 'H1 V3 matchDev'],
      'kernel-client': [537, 1001, 28, 'H1 V3 matchDev'],
      'kernel-client-beside-user-unbind': [115977, 333937, 57, 'H1 V1 V3 matchDev'],
      'kernel-client-beside-user': [936, 3483, 13, 'V1 V3'],
      'general-client': [409775, 791709, 93, 'H1 V1 V3'],
      'general-client-pool': [33436, 66319, 73, 'H1 V1 V3'],
      'general-siblings': [45686, 94500, 64, 'V1 V3'],
      'general-siblings-unbind': [89864, 251435, 80, 'H1 V1 V3'],
      'general-strangers': [22575, 62925, 20, 'V1 V3'],
      'close-context-client': [66, 103, 18, 'H1 V3'],
      'close-context-file': [126, 213, 22, 'V3'],
    },
    'v6.12': {
      'allocate-close': [233, 415, 23, ''],
      'shm-close': [2460, 4584, 49, 'H1'],
      'open-close': [2380, 6512, 36, ''],
      arguments: [56, 6884, 4, ''],
      'look-up-id': [84, 177, 24, ''],
      'two-allocators': [30, 39, 23, ''],
      'two-contexts': [164, 507, 13, ''],
      'close-guessed': [26079, 69978, 82, 'H1'],
      import: [664, 1581, 33, ''],
      'import-dynamic': [28, 41, 11, ''],
      'pass-buffer': [285, 622, 24, ''],
      'two-shm-putters': [2859, 7285, 50, 'H1'],
      'release-with-message': [2503, 4591, 56, 'H1'],
      'minimal-driver': [1843, 3501, 49, 'H1'],
      'kernel-client': [537, 1001, 28, 'H1 matchDev'],
      'kernel-client-beside-user-unbind': [30507, 88224, 46, 'H1 matchDev'],
      'kernel-client-beside-user': [594, 2286, 13, ''],
      'general-client': [85042, 167492, 96, 'H1'],
      'general-siblings': [17522, 35788, 64, ''],
      'general-siblings-unbind': [32056, 89151, 80, 'H1'],
      'general-strangers': [10958, 29272, 20, ''],
      'close-context-client': [66, 103, 18, 'H1'],
      'close-context-file': [126, 213, 22, ''],
    },
  };

/** Ids of the findings that a text such as 'H1 V1' stands for, sorted. */
export function pinnedFindings(names: string): string[] {
  const groups = names === '' ? [] : names.split(' ');
  return groups.flatMap((name) => findingGroups[name]!).sort();
}
