"""llama.cpp's own quantizer."""

import os
from enum import StrEnum
from pathlib import Path

import llama_cpp.llama_cpp as llama

from models.engine.llama_library import available_cores
from notes.errors import ModelSourceError


class QuantizedType(StrEnum):
    """What an f16 file can be quantized to; K-quants need widths that are multiples of 256."""

    Q8_0 = "q8_0"
    Q4_K_M = "q4_k_m"
    Q5_K_M = "q5_k_m"


_FILE_TYPES = {
    QuantizedType.Q8_0: llama.LLAMA_FTYPE_MOSTLY_Q8_0,
    QuantizedType.Q4_K_M: llama.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    QuantizedType.Q5_K_M: llama.LLAMA_FTYPE_MOSTLY_Q5_K_M,
}


def quantize_file(source: Path, target: Path, kind: QuantizedType) -> None:
    """Write an f16 or f32 model as `target`; ModelSourceError where llama.cpp cannot."""
    llama.llama_backend_init()
    params = llama.llama_model_quantize_default_params()
    params.ftype = _FILE_TYPES[kind]
    params.nthread = available_cores()
    if llama.llama_model_quantize(os.fsencode(source), os.fsencode(target), params):
        reason = f"llama.cpp cannot quantize it to {kind.value}; is there room on the disk?"
        raise ModelSourceError(source=str(source), reason=reason)
