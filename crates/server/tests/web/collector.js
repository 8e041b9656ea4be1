/**
 * The real collector for tests: the binary that `cargo xtask test web` built, on a free port and a folder of its own.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** @typedef {{ origin: string, log: () => string, stop: () => Promise<void> }} Collector */

/**
 * Starts one. `flags` are those of `aboveboard serve`; `--listen` and `--data` are chosen here unless they are given.
 *
 * @param {string[]} [flags]
 * @returns {Promise<Collector>}
 */
export async function startCollector(flags = []) {
  const folder = await mkdtemp(join(tmpdir(), "aboveboard-"));
  const binary = process.env.ABOVEBOARD_BINARY;
  if (!binary) throw new Error("`ABOVEBOARD_BINARY` names no collector: run `cargo xtask test web`");
  const listen = flags.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const data = flags.includes("--data") ? [] : ["--data", join(folder, "data")];
  const child = spawn(binary, ["serve", ...listen, ...data, ...flags], { env: {}, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {string[]} */
  const lines = [];
  const origin = await listening(child, lines);
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  return { origin, log: () => lines.join("\n"), stop };
}

/**
 * Waits for the line that says where it listens.
 *
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child
 * @param {string[]} lines
 * @returns {Promise<string>}
 */
function listening(child, lines) {
  return new Promise((found, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        const address = /listening on (http:\/\/\S+)/.exec(line);
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
