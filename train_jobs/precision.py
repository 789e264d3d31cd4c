"""In what a base model's weights are held while its adapter is trained."""

import logging
from enum import StrEnum

# It warns that a faster kernel could be had from the hub, where no clinic's machine looks.
logging.getLogger("bitsandbytes.backends.cpu").setLevel(logging.ERROR)


class Precision(StrEnum):
    """fp32 and bf16 as they are; nf4 in four bits by bitsandbytes, computing in bf16."""

    FP32 = "fp32"
    BF16 = "bf16"
    NF4 = "nf4"
