import {
  acceptedContent,
  createRequestStateCodec,
  fromJsonSchema,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  ResourceTemplate,
  type CallToolResult,
  type GetPromptResult,
  type JsonSchemaType,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { operation, type Operation } from '../../src/bridge/operations/operation.ts'
import { SkilletError } from '../../src/shared/errors.ts'

// What the conformance suite's scenarios look for: each description there says what the tool of its name answers.

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC'
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='
const text = (said: string) => ({ type: 'text' as const, text: said })
const image = { type: 'image' as const, data: png, mimeType: 'image/png' }
const embedded = (uri: string, mimeType: string, said: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text: said },
})
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const common = {
  title: 'For the suite',
  description: 'Answers as a scenario wants it.',
  input: z.strictObject({}),
  output: z.object({}),
  scope: 'catalog:read',
  readOnly: true,
  destructive: false,
  idempotent: true,
  route: { method: 'get', path: '/suite' },
} as const

/** Those that our own table can hold, so that our own code answers. */
export const conformanceOperations: readonly Operation[] = [
  operation({
    ...common,
    name: 'test_error_handling',
    async run() {
      throw new SkilletError('POLICY_DENIED', 'This tool intentionally returns an error for testing')
    },
  }),
  operation({
    ...common,
    name: 'test_tool_with_progress',
    async run(_, { onEvent }) {
      for (const fraction of [0, 0.5, 1]) {
        onEvent({ type: 'progress', message: 'On its way', fraction })
        await pause(120)
      }
      return {}
    },
  }),
]

// As text: an object with a `then` is taken for a promise.
const schema2020 = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "$defs": {
    "address": {
      "$anchor": "addressDef",
      "type": "object",
      "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
    }
  },
  "properties": {
    "name": { "type": "string" },
    "address": { "$ref": "#/$defs/address" },
    "contactMethod": { "type": "string", "enum": ["phone", "email"] },
    "phone": { "type": "string" },
    "email": { "type": "string" }
  },
  "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
  "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
  "then": { "required": ["phone"] },
  "else": { "required": ["email"] },
  "additionalProperties": false
}`

/** The rest, on the very server that our own tools are on. */
export function addConformanceTools(server: McpServer): void {
  const states = createRequestStateCodec<{ step: number }>({ key: new Uint8Array(32).fill(7) })
  const tool = (name: string, answer: (context: ServerContext) => unknown) =>
    server.registerTool(name, { description: 'For the suite.' }, answer as () => CallToolResult)

  tool('test_simple_text', () => ({ content: [text('This is a simple text response for testing.')] }))
  tool('test_image_content', () => ({ content: [image] }))
  tool('test_audio_content', () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] }))
  tool('test_embedded_resource', () => ({
    content: [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
  }))
  tool('test_multiple_content_types', () => ({
    content: [
      text('Multiple content types test:'),
      image,
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ],
  }))
  tool('test_logging_tool', () => ({ content: [text('Nothing to note.')] }))
  const region = { type: 'string', 'x-mcp-header': 'Region' } as const
  server.registerTool(
    'test_custom_headers',
    {
      description: 'For the suite.',
      inputSchema: fromJsonSchema({ type: 'object', properties: { region }, required: ['region'] }),
    },
    () => ({ content: [text('Done.')] }),
  )
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'For the suite.', inputSchema: fromJsonSchema(JSON.parse(schema2020) as JsonSchemaType) },
    () => ({ content: [text('Done.')] }),
  )

  addAskingTools(server, tool)
  addRoundTools(tool, states)
  addResources(server)
  addPrompts(server)
}

type AddTool = (name: string, answer: (context: ServerContext) => unknown) => void

/** Versions up to 2025-11-25, in which the server asks the client. */
function addAskingTools(server: McpServer, tool: AddTool): void {
  server.registerTool(
    'test_sampling',
    { description: 'For the suite.', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: text(prompt) }],
        maxTokens: 100,
      })
      return { content: [text(`LLM response: ${JSON.stringify(content)}`)] }
    },
  )
  server.registerTool(
    'test_elicitation',
    { description: 'For the suite.', inputSchema: z.object({ message: z.string() }) },
    async ({ message }, { mcpReq }) => {
      const said = { type: 'string' as const, description: 'What the person says' }
      const answer = await mcpReq.elicitInput({
        message,
        requestedSchema: {
          type: 'object',
          properties: { username: said, email: said },
          required: ['username', 'email'],
        },
      })
      return { content: [text(`User response: ${JSON.stringify(answer)}`)] }
    },
  )
  const eliciting = (name: string, properties: Record<string, object>) =>
    tool(name, async ({ mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message: 'For the suite.',
        requestedSchema: { type: 'object', properties: properties as never },
      })
      return {
        content: [text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`)],
      }
    })
  eliciting('test_elicitation_sep1034_defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  })
  const plain = ['option1', 'option2', 'option3']
  const titled = (noun: string) =>
    ['First', 'Second', 'Third'].map((ordinal, index) => ({
      const: `value${index + 1}`,
      title: `${ordinal} ${noun}`,
    }))
  eliciting('test_elicitation_sep1330_enums', {
    untitledSingle: { type: 'string', enum: plain },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: plain } },
    titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
  })
}

const asking = (message: string, name: string, type = 'string') =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [name]: { type } } as never, required: [name] },
  })
const sampling = (said: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: text(said) }], maxTokens })
const done = (said: string): CallToolResult => ({ content: [text(said)] })

/** Version 2026-07-28, in which a result says what is missing and the client asks again with it. */
function addRoundTools(
  tool: AddTool,
  states: ReturnType<typeof createRequestStateCodec<{ step: number }>>,
): void {
  const given = ({ mcpReq }: ServerContext, key: string) => mcpReq.inputResponses?.[key]
  const stepOf = async (context: ServerContext) => {
    const state = context.mcpReq.requestState<string>()
    if (state === undefined) return 0
    const read = await Promise.resolve(states.verify(state, context)).catch(() => null)
    if (read === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'This state is not ours.')
    return read.step
  }

  tool('test_input_required_result_elicitation', ({ mcpReq }) => {
    const answer = acceptedContent<{ name?: unknown }>(mcpReq.inputResponses, 'user_name')
    return typeof answer?.name === 'string'
      ? done(`Hello, ${answer.name}!`)
      : inputRequired({ inputRequests: { user_name: asking('What is your name?', 'name') } })
  })
  tool('test_input_required_result_sampling', (context) => {
    const answer = given(context, 'capital_question')
    return answer === undefined
      ? inputRequired({
          inputRequests: { capital_question: sampling('What is the capital of France?', 100) },
        })
      : done(`It said: ${JSON.stringify(answer)}`)
  })
  tool('test_input_required_result_list_roots', (context) => {
    const answer = given(context, 'client_roots')
    return answer === undefined
      ? inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
      : done(`Roots: ${JSON.stringify(answer)}`)
  })
  for (const name of ['test_input_required_result_capabilities', 'test_missing_capability'])
    tool(name, () => inputRequired({ inputRequests: { greeting: sampling('Generate a greeting', 50) } }))
  tool('test_streaming_elicitation', () =>
    inputRequired({ inputRequests: { user_name: asking('What is your name?', 'name') } }),
  )
  for (const name of [
    'test_input_required_result_request_state',
    'test_input_required_result_tampered_state',
  ])
    tool(name, async (context) =>
      (await stepOf(context)) === 1
        ? done('state-ok')
        : inputRequired({
            inputRequests: { confirm: asking('Please confirm', 'ok', 'boolean') },
            requestState: await states.mint({ step: 1 }, context),
          }),
    )
  tool('test_input_required_result_multiple_inputs', async (context) =>
    (await stepOf(context)) === 1
      ? done('All is there.')
      : inputRequired({
          inputRequests: {
            user_name: asking('What is your name?', 'name'),
            greeting: sampling('Generate a greeting', 50),
            client_roots: inputRequired.listRoots(),
          },
          requestState: await states.mint({ step: 1 }, context),
        }),
  )
  tool('test_input_required_result_multi_round', async (context) => {
    const step = await stepOf(context)
    if (step === 2) return done('Both steps are done.')
    const question =
      step === 0
        ? { step1: asking('Step 1: What is your name?', 'name') }
        : { step2: asking('Step 2: What is your favorite color?', 'color') }
    return inputRequired({
      inputRequests: question,
      requestState: await states.mint({ step: step + 1 }, context),
    })
  })
}

function addResources(server: McpServer): void {
  const plain = { mimeType: 'text/plain' }
  server.registerResource('static-text', 'test://static-text', plain, ({ href }) => ({
    contents: [{ uri: href, ...plain, text: 'This is the content of the static text resource.' }],
  }))
  const picture = { mimeType: 'image/png' }
  server.registerResource('static-binary', 'test://static-binary', picture, ({ href }) => ({
    contents: [{ uri: href, ...picture, blob: png }],
  }))
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined })
  const json = { mimeType: 'application/json' }
  server.registerResource('template', template, json, ({ href }, { id }) => ({
    contents: [
      {
        uri: href,
        ...json,
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
      },
    ],
  }))
}

/** In place of our own: installed skills are prompts, and the suite's have to be found by their names. */
function addPrompts({ server }: McpServer): void {
  const argument = (name: string) => ({ name, description: 'For the suite.', required: true })
  const prompts: Record<string, { args: string[]; answer: (given: Record<string, string>) => unknown[] }> = {
    test_simple_prompt: { args: [], answer: () => [text('This is a simple prompt for testing.')] },
    test_prompt_with_arguments: {
      args: ['arg1', 'arg2'],
      answer: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
    },
    test_prompt_with_embedded_resource: {
      args: ['resourceUri'],
      answer: ({ resourceUri = '' }) => [
        embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
        text('Please process the embedded resource above.'),
      ],
    },
    test_prompt_with_image: { args: [], answer: () => [image, text('Please analyze the image above.')] },
    test_input_required_result_prompt: { args: [], answer: () => [text('With what was given.')] },
  }
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(prompts).map(([name, { args }]) => ({
      name,
      description: 'For the suite.',
      arguments: args.map(argument),
    })),
  }))
  server.setRequestHandler('prompts/get', ({ params }, { mcpReq }) => {
    if (params.name === 'test_input_required_result_prompt' && mcpReq.inputResponses === undefined)
      return inputRequired({
        inputRequests: { user_context: asking('What context should the prompt use?', 'context') },
      }) as unknown as GetPromptResult
    const prompt = prompts[params.name]
    if (prompt === undefined) throw new Error(`There is no prompt ${params.name}.`)
    const messages = prompt.answer(params.arguments ?? {}).map((content) => ({ role: 'user', content }))
    return { messages } as GetPromptResult
  })
}
