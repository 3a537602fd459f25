import { z } from 'zod'
import { capabilitySchema } from '../../shared/capability.ts'
import { installedSkillSchema } from '../../shared/contract/library.ts'
import { skillManifestSchema } from '../../shared/skill-manifest.ts'
import { operation } from './operation.ts'

const listedSchema = installedSkillSchema
  .pick({
    slug: true,
    version: true,
    title: true,
    summary: true,
    publisher: true,
    category: true,
    installedAt: true,
    updateTo: true,
  })
  .extend({
    capabilities: z.array(capabilitySchema),
    inputs: skillManifestSchema.shape.run.shape.inputs,
    withdrawn: z.boolean().describe('It was withdrawn and can not run.'),
    onHold: z.boolean().describe('It was reported as dangerous and is looked into; the person decides.'),
  })

export const listSkills = operation({
  name: 'list_skills',
  title: 'List installed skills',
  description: 'Lists the skills that are installed on this computer, with what each takes.',
  input: z.strictObject({}),
  output: z.object({ skills: z.array(listedSchema) }),
  scope: 'catalog:read',
  readOnly: true,
  destructive: false,
  idempotent: true,
  route: { method: 'get', path: '/installed' },
  async run(_, { engine }) {
    const installed = await (await engine()).installed()
    return {
      skills: installed.map((skill) => ({
        ...skill,
        capabilities: Object.keys(
          skill.manifest.capabilities,
        ) as (keyof typeof skill.manifest.capabilities)[],
        inputs: skill.manifest.run.inputs,
        withdrawn: skill.withdrawn !== null,
        onHold: skill.onHold !== null,
      })),
    }
  },
})
