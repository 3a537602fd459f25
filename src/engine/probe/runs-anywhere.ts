import type { SkillManifest } from '../../shared/skill-manifest.ts'

/** True for a skill that has no requirements: then the system needn't be asked, which takes a while. */
export function runsAnywhere({
  os,
  arch,
  memory_mb,
  disk_mb,
  vram_mb,
  cuda,
  executables,
}: SkillManifest['requires']): boolean {
  return (
    [os, arch, executables].every((list) => list.length === 0) &&
    [memory_mb, disk_mb, vram_mb].every((size) => size === 0) &&
    cuda === undefined
  )
}
