/** Where a command reads and writes; given by the caller, so that tests can look. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Whether somebody watches a stream: colours and progress are for people, not for files. */
export function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** Waits for room where the reader is slow, so that long output does not pile up in memory. */
export async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    // A closed pipe calls back with an error: nobody reads any more, and that is no reason to stop.
    stream.write(text, () => resolve());
  });
}
