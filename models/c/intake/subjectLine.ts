/** What the subject of a patch mail says about its place in a series. */
export interface SubjectLine {
  /** Without `Re:` and the brackets. */
  readonly title: string;
  /** The brackets say PATCH or RFC. */
  readonly isPatch: boolean;
  readonly isReply: boolean;
  /** 1 unless the brackets say `v2`. */
  readonly version: number;
  /** `n` and `m` of `n/m`; null if there is none. */
  readonly number: number | null;
  readonly total: number | null;
}

/** Takes `Re: [RFC PATCH net-next v4 1/6] tee: add …` apart. Never fails: what is not there is null. */
export function parseSubject(subject: string): SubjectLine {
  const flat = subject.replace(/\s+/g, ' ').trim();
  const reply = /^(?:(?:re|aw|sv|fwd?)(?:\[\d+\])?: ?)+/i.exec(flat)?.[0] ?? '';
  const rest = flat.slice(reply.length);
  const brackets = /^(?:\[[^\]]*\] ?)*/.exec(rest)![0];
  const count = /(?:^|[^\d])(\d{1,4})\/(\d{1,4})(?:[^\d]|$)/.exec(brackets);
  return {
    title: rest.slice(brackets.length).trim(),
    isPatch: /\b(?:PATCH|RFC)/i.test(brackets),
    isReply: reply !== '',
    version: Number(/(?:\bv|PATCHv)(\d{1,4})\b/i.exec(brackets)?.[1] ?? 1),
    number: count === null ? null : Number(count[1]),
    total: count === null ? null : Number(count[2]),
  };
}
