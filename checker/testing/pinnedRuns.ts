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

/** Per scenario: states, transitions, depth, findings. */
export const pinnedRuns: Readonly<Record<string, Readonly<Record<string, readonly [number, number, number, string]>>>> =
  {
    v4: {
      'allocate-close': [3452, 6522, 49, 'H1 V1 V3'],
      'shm-close': [2779, 5232, 53, 'H1 V3'],
      'open-close': [2755, 7570, 40, 'V3'],
      arguments: [275, 3547, 6, 'V1 V3'],
      'look-up-id': [5629, 12716, 36, 'V1 V3'],
      'look-up-close': [36716, 102598, 68, 'H1 V3'],
      'two-allocators': [53383, 114986, 52, 'V1 V3'],
      'two-contexts': [31027, 71733, 37, 'V1 V3'],
      'close-guessed': [92059, 252075, 89, 'H1 V1 V3'],
      import: [20441, 55461, 92, 'H1 V1 V3'],
      'import-dynamic': [1333, 2538, 45, 'V1 V3'],
      'pass-buffer': [10556, 25696, 71, 'H1 V1 V3'],
      'kernel-importer': [9472, 27959, 62, 'H1 V3'],
      'two-putters': [5028, 13351, 59, 'H1 V3'],
      'two-shm-putters': [3797, 9906, 54, 'H1 V3'],
      'release-with-message': [2784, 5160, 59, 'H1 V3'],
      'driver-pool': [2369, 4471, 53, 'H1 V1 V3'],
      'pool-life': [2, 11, 1, 'V3'],
      'minimal-driver': [2143, 4108, 52, 'H1 V3'],
      'no-rstmem-free': [225, 395, 27, 'V3'],
      'no-rstmem': [23597, 47296, 76, 'H1 V3'],
      'no-rstmem-kernel-client': [44517, 130170, 53, 'H1 V3 matchDev'],
      'kernel-client': [683, 1301, 32, 'H1 V3 matchDev'],
      'kernel-client-beside-user-unbind': [150526, 440512, 62, 'H1 V1 V3 matchDev'],
      'kernel-client-beside-user': [14057, 32125, 28, 'V1 V3'],
      'general-client': [453196, 866448, 97, 'H1 V1 V3'],
      'general-client-pool': [37939, 74999, 78, 'H1 V1 V3'],
      'general-siblings': [87998, 179460, 87, 'V1 V3'],
      'general-siblings-unbind': [107736, 304224, 87, 'H1 V1 V3'],
      'general-strangers': [111591, 242164, 40, 'V1 V3'],
      'close-context-client': [79, 126, 21, 'H1 V3'],
      'close-context-file': [148, 252, 26, 'V3'],
    },
    'v6.12': {
      'allocate-close': [274, 491, 27, ''],
      'shm-close': [2779, 5232, 53, 'H1'],
      'open-close': [2755, 7570, 40, ''],
      arguments: [87, 3084, 6, ''],
      'look-up-id': [102, 205, 27, ''],
      'two-allocators': [61, 76, 26, ''],
      'two-contexts': [940, 1966, 27, ''],
      'close-guessed': [32567, 88333, 89, 'H1'],
      import: [799, 1915, 38, ''],
      'import-dynamic': [40, 61, 15, ''],
      'pass-buffer': [400, 884, 30, ''],
      'two-shm-putters': [3797, 9906, 54, 'H1'],
      'release-with-message': [2784, 5160, 59, 'H1'],
      'minimal-driver': [2085, 4001, 52, 'H1'],
      'kernel-client': [683, 1301, 32, 'H1 matchDev'],
      'kernel-client-beside-user-unbind': [38897, 114137, 51, 'H1 matchDev'],
      'kernel-client-beside-user': [9201, 21109, 28, ''],
      'general-client': [94230, 183297, 99, 'H1'],
      'general-siblings': [34271, 68926, 88, ''],
      'general-siblings-unbind': [38309, 107396, 87, 'H1'],
      'general-strangers': [49150, 104528, 40, ''],
      'close-context-client': [79, 126, 21, 'H1'],
      'close-context-file': [148, 252, 26, ''],
    },
  };

/** Ids of the findings that a text such as 'H1 V1' stands for, sorted. */
export function pinnedFindings(names: string): string[] {
  const groups = names === '' ? [] : names.split(' ');
  return groups.flatMap((name) => findingGroups[name]!).sort();
}
