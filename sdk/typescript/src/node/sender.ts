/**
 * The program of the process that sends. It is handed the tool on stdin, and on handle 3 the sign to go, if it waits.
 */

import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { whole } from './disk.js';
import { Install, type Tool } from './install.js';
import { SENDER_LIFE_MS_MAX, SENDER_PAUSE_MS } from './limits.js';
import { clock, random, surroundings } from './surroundings.js';
import { upload } from './upload.js';

async function live(): Promise<void> {
  const install = new Install(JSON.parse(String(whole(0))) as Tool, surroundings());
  const endpoint = install.endpoint();
  await (isPipe(3) ? told(3) : pause(SENDER_PAUSE_MS));
  setTimeout(() => process.exit(), SENDER_LIFE_MS_MAX).unref();
  if (endpoint) await upload(install, endpoint, clock(), random());
}

/** Waits for a word, or for the end of whoever could say it. */
function told(handle: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = new Socket({ fd: handle });
    const go = () => {
      socket.destroy();
      resolve();
    };
    socket.once('data', go).once('close', go).once('error', go).resume();
  });
}

function isPipe(handle: number): boolean {
  try {
    const stat = fstatSync(handle);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

live().then(
  () => process.exit(),
  () => process.exit(),
);
