const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

/** Bytes of `4G`, `1.5GB`, `512m`, `64k` or `1000000` (no unit: bytes); units are powers of 1024. Null if it is none of these. */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])i?b?|b)?$/i.exec(text.trim());
  if (!match) return null;
  return Math.round(Number(match[1]) * 1024 ** (powers[match[2]?.toLowerCase() ?? ''] ?? 0));
}
