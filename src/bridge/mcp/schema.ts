import type { z } from 'zod'

/** A schema as the SDK takes it, with the JSON Schema that it is told as. */
export type ToolSchema<S extends z.ZodObject> = Pick<S, '~standard'>

const made = new WeakMap<z.ZodObject, ToolSchema<z.ZodObject>>()

/**
 * The same schema, whose JSON Schema is made once: a server of its own is made for each request, and the SDK asks it for
 * the schema of the tool that is called.
 */
export function withKeptJsonSchema<S extends z.ZodObject>(schema: S): ToolSchema<S> {
  const known = made.get(schema)
  if (known !== undefined) return known as ToolSchema<S>
  const standard = schema['~standard']
  const { jsonSchema } = standard
  const kept = {
    '~standard': {
      ...standard,
      // `callOperation` judges, with our own errors.
      validate: (value: unknown) => ({ value }),
      jsonSchema: {
        input: once((options: Parameters<typeof jsonSchema.input>[0]) => jsonSchema.input(options)),
        output: once((options: Parameters<typeof jsonSchema.output>[0]) => jsonSchema.output(options)),
      },
    },
  } as ToolSchema<S>
  made.set(schema, kept as ToolSchema<z.ZodObject>)
  return kept
}

/** The first answer counts for all: the SDK always asks for the same dialect. */
function once<A, R>(make: (argument: A) => R): (argument: A) => R {
  let answer: { value: R } | null = null
  return (argument) => (answer ??= { value: make(argument) }).value
}
