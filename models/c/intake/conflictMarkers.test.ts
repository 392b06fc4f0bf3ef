import { describe, expect, test } from 'vitest';
import { findConflictMarkers } from './conflictMarkers.js';

describe('findConflictMarkers', () => {
  test('finds all four kinds', () => {
    const text = 'a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> theirs\ne\n';
    expect(findConflictMarkers(text)).toEqual([2, 4, 6, 8]);
    expect(findConflictMarkers(text.replaceAll('\n', '\r\n'))).toEqual([2, 4, 6, 8]);
  });

  test('does not find underlined comments, shifts, or half a conflict', () => {
    expect(findConflictMarkers('/*\nTitle\n=======\n*/\n')).toEqual([]);
    expect(findConflictMarkers('x <<<<<<< y\n>>>>>>>>\n<<<<<<<<\n')).toEqual([]);
    expect(findConflictMarkers('<<<<<<< HEAD\n=======\n')).toEqual([]);
  });
});
