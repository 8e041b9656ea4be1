/**
 * The real collector for tests: the binary that `cargo xtask test web` built, on a free port and a folder of its own.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The operator's, of a collector that is guarded. */
export const TOKEN = "0123456789abcdef0123456789abcdef";

/** @typedef {{ origin: string, log: () => string, stop: () => Promise<void> }} Collector */

/**
 * Starts one. `flags` are those of `aboveboard serve`; `--listen` and `--data` are chosen here unless they are given.
 *
 * @param {string[]} [flags]
 * @returns {Promise<Collector>}
 */
export async function startCollector(flags = []) {
  const folder = await mkdtemp(join(tmpdir(), "aboveboard-"));
  const listen = flags.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const data = flags.includes("--data") ? [] : ["--data", join(folder, "data")];
  const started = await start(["serve", ...listen, ...data, ...flags], /listening on (http:\/\/\S+)/);
  const stop = async () => {
    await started.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...started, stop };
}

/**
 * Starts one whose operator has a token, so that all others are the public.
 *
 * @returns {Promise<Collector>}
 */
export async function startGuarded() {
  const folder = await mkdtemp(join(tmpdir(), "aboveboard-token-"));
  await writeFile(join(folder, "token"), `${TOKEN}\n`);
  const guarded = await startCollector(["--token-file", join(folder, "token")]);
  const stop = async () => {
    await guarded.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...guarded, stop };
}

/**
 * Starts the demo, which makes up its data first and deletes them when it is stopped.
 *
 * @param {string[]} [flags] those of `aboveboard demo`
 * @returns {Promise<Collector>}
 */
export function startDemo(flags = []) {
  return start(["demo", "--listen", "127.0.0.1:0", ...flags], /Dashboard +(http:\/\/[^/]+)/);
}

/**
 * Starts one that shows what arrives, and keeps it until it is stopped.
 *
 * @returns {Promise<Collector>}
 */
export function startDev() {
  return start(["dev", "--listen", "127.0.0.1:0"], /Page +(http:\/\/[^/]+)/);
}

/**
 * Runs the binary until it says where it listens.
 *
 * @param {string[]} words
 * @param {RegExp} where
 * @returns {Promise<Collector>}
 */
async function start(words, where) {
  const binary = process.env.ABOVEBOARD_BINARY;
  if (!binary) throw new Error("`ABOVEBOARD_BINARY` names no collector: run `cargo xtask test web`");
  const child = spawn(binary, words, { env: {}, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {string[]} */
  const lines = [];
  const origin = await listening(child, where, lines);
  return { origin, log: () => lines.join("\n"), stop: () => ended(child) };
}

/**
 * Waits for the line that says where it listens.
 *
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child
 * @param {RegExp} where
 * @param {string[]} lines
 * @returns {Promise<string>}
 */
function listening(child, where, lines) {
  return new Promise((found, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        const address = where.exec(line);
        if (address) found(address[1]);
      });
    }
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the collector ended with ${code}:\n${lines.join("\n")}`)));
  });
}

/**
 * Asks a process to end and waits until it has.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<void>}
 */
function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill("SIGTERM");
  });
}
