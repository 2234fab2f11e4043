import { type Ports } from '../endpoints.ts';
import type { Folders } from '../folders.ts';
import { type Artifacts } from './artifacts.ts';
import type { Java } from './java.ts';

/** What each server is built from. */
export interface NativeContext {
  folders: Folders;
  ports: Ports;
  java: Java;
  artifacts: Artifacts;
}
