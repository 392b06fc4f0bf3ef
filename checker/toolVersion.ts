/** The program's version, the same as in package.json (a test compares them). */
export const toolVersion = '0.1.0';
