"""Writes a tiny model and serves it by llama.cpp's own server; prints its address.

`serve_llama.py FILE`: random weights, with the tokens of a hole. `serve_llama.py FILE calls`: weights that spell a tool call,
whatever is asked. `serve_llama.py FILE embeds` and `... reranks`: random weights, served for their vectors and their scores.
"""

import sys
import time
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

MARKS = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|repo_name|>", "<|file_sep|>"]
KEYS = ["fim_pre", "fim_suf", "fim_mid", "fim_rep", "fim_sep"]
WIDTH, HEADS, INNER = 32, 4, 64
CONTEXT = 4096  # with one shorter than a batch, /infill leaves other files out
# Each piece is one token, and the weights say which comes after which.
SPELT = ["<tool", "_call>\n", '{"name": "view", "arguments": {"path"', ': "a.py"', "}}\n", "</tool", "_call>"]
TEMPLATE = """\
{%- if tools %}<|im_start|>system
# Tools
<tools>{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
</tools>
For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{% endif %}
{%- for message in messages %}<|im_start|>{{ message.role }}
{% if message.content %}{{ message.content }}{% endif %}
{%- if message.tool_calls %}{% for call in message.tool_calls %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>{% endfor %}{% endif %}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def write(path: Path, *, spells: bool) -> None:
    draw = np.random.default_rng(0)
    tokens = [
        "<unk>",
        "<s>",
        "</s>",
        *(f"<0x{b:02X}>" for b in range(256)),
        "▁",
        *map(chr, range(33, 127)),
        *MARKS,
        *SPELT,
    ]
    kinds = [2, 3, 3, *[6] * 256, *[1] * 95, *[3] * len(MARKS), *[4] * len(SPELT)]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    for at, key in enumerate(KEYS):
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", tokens.index(MARKS[0]) + at)
    if spells:
        writer.add_chat_template(TEMPLATE)
    shapes = {"token_embd": (len(tokens), WIDTH), "output": (len(tokens), WIDTH)}
    shapes |= {f"blk.0.attn_{part}": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
    shapes |= {"blk.0.ffn_gate": (INNER, WIDTH), "blk.0.ffn_up": (INNER, WIDTH), "blk.0.ffn_down": (WIDTH, INNER)}
    weights = {name: draw.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    for name, weight in (spelling(tokens, weights) if spells else weights).items():
        writer.add_tensor(f"{name}.weight", weight)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def spelling(tokens: list[str], weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights by which every token is followed by the first piece, each piece by the next, the last one by the end."""
    made = {name: np.zeros_like(weight) for name, weight in weights.items()}
    first = tokens.index(SPELT[0])
    made["token_embd"][:, 0] = 1
    for at in range(len(SPELT)):
        made["token_embd"][first + at, 0] = 0
        made["token_embd"][first + at, at + 1] = 1
        made["output"][first + at, at] = 10
    made["output"][2, len(SPELT)] = 10  # </s>
    return made


def main() -> None:
    write(Path(sys.argv[1]), spells="calls" in sys.argv[2:])
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.n_ctx, params.port, params.n_parallel, params.n_gpu_layers = CONTEXT, 0, 1, 0
    params.warmup = params.fit_params = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    pooling = {"embeds": "MEAN", "reranks": "RANK"}.get(sys.argv[-1])
    if pooling:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type[f"LLAMA_POOLING_TYPE_{pooling}"]
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
