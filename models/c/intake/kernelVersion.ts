/**
 * `6.12.117` or `6.13.0-rc4` of a kernel's top Makefile; null if it does not set VERSION, PATCHLEVEL and SUBLEVEL, as
 * it does in its first lines since v2.5.
 */
export function kernelVersion(makefile: string): string | null {
  const setting = (name: string) => new RegExp(`^${name}[ \\t]*=[ \\t]*(\\S*)[ \\t]*$`, 'm').exec(makefile)?.[1];
  const numbers = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL'].map(setting);
  if (!numbers.every((number) => number !== undefined && /^\d+$/.test(number))) return null;
  return numbers.join('.') + (setting('EXTRAVERSION') ?? '');
}
