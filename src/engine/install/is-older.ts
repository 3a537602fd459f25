import { lt } from 'semver'

/** Whether an install would go back: what was newer may have been so for a reason, such as a hole that it closed. */
export function isOlder(version: string, installed: string): boolean {
  return lt(version, installed)
}
