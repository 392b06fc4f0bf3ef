import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** For each process. */
export interface RunLimits {
  readonly seconds: number;
  readonly megabytes: number;
}

/** What a process did. */
export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** Largest resident set in bytes as far as it was seen, null where /proc has none. */
  readonly resident: number | null;
  readonly timedOut: boolean;
}

const pollInterval = 50;

/** Runs a program to its end, or kills it after `seconds`. Rejects only if it cannot be started. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly seconds: number },
): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let resident: number | null = null;
    let timedOut = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const poll = setInterval(() => {
      if (child.pid !== undefined) resident = Math.max(resident ?? 0, residentOf(child.pid) ?? 0) || null;
      if (performance.now() - start > options.seconds * 1000) {
        timedOut = true;
        child.kill('SIGKILL');
      }
    }, pollInterval);
    child.on('error', (error) => {
      clearInterval(poll);
      reject(error);
    });
    child.on('close', (code) => {
      clearInterval(poll);
      resolve({ code, stdout, stderr, seconds: (performance.now() - start) / 1000, resident, timedOut });
    });
  });
}

/** High-water mark of a process's resident set in bytes (proc_pid_status(5), VmHWM). */
function residentOf(pid: number): number | null {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : null;
  } catch {
    return null;
  }
}

/** The first line of a text that is not empty. */
export function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
}

/** The last line of a text that is not empty. */
export function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
}
