/**
 * The Interleaf library: one explicit list of what is public. Nothing here prints or exits.
 */
export { err, ok, type Result } from './models/base/result.js';
