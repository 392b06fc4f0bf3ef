/**
 * The header word in front of every object, as an integer's payload:
 *
 * | bits | meaning |
 * |---|---|
 * | 0–3 | state of the memory lifecycle |
 * | 4 | another thread can reach the object |
 * | 5 | another thread could reach it once, and none can now (`Owners`) |
 * | 6 | setup allocated it, and it outlives all processes; unset when it is freed, so that what has its memory then is not taken for it |
 * | 7… | function that freed it, index + 1; 0 if none did |
 */
export const headerState = 15;
export const headerShared = 1 << 4;
export const headerReturned = 1 << 5;
export const headerOfSetup = 1 << 6;
export const headerConflictShift = 7;
