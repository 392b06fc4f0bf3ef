import { expect, test } from 'vitest';
import { kernelVersion } from './kernelVersion.js';

test.each([
  ['VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\nNAME = x\n', '6.12.117'],
  ['VERSION=6\nPATCHLEVEL=1\nSUBLEVEL=0\n', '6.1.0'],
  ['VERSION = 6\nPATCHLEVEL = 13\nSUBLEVEL = 0\nEXTRAVERSION = -rc4\n', '6.13.0-rc4'],
  ['VERSION = 6\nPATCHLEVEL = 13\n', null],
  ['MY_VERSION = 6\nPATCHLEVEL = 13\nSUBLEVEL = 0\n', null],
  ['VERSION = $(shell date)\nPATCHLEVEL = 13\nSUBLEVEL = 0\n', null],
  ['', null],
])('the version of a Makefile %#', (makefile, version) => {
  expect(kernelVersion(makefile)).toBe(version);
});
