"""Shared by the scripts that make goldens with PyTorch: cases as one small safetensors file.

A case is a module or a function with inputs. Its tensors are written in float64 as `case/input.0`,
`case/parameter.<name>`, `case/output.0`, `case/cotangent.0`, `case/gradient.input.0` and
`case/gradient.parameter.<name>`; the gradients are those of the sum of output * cotangent.
"""

import json
import pathlib
import struct
import zlib

import torch

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "NNTests" / "Fixtures"


def write_safetensors(path, tensors, metadata=None):
    """Writes float64 and int64 tensors as the safetensors format says, names sorted."""
    header, body, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        dtype = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}
        data = tensor.numpy().tobytes()
        header[name] = {
            "dtype": dtype[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        body.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(body))


class Cases:
    """Collects cases and writes them to Tests/NNTests/Fixtures/<name>.safetensors."""

    def __init__(self, name):
        self.name, self.tensors = name, {}

    def add(self, name, function, *inputs, extra=None, differentiable=None):
        """Adds a case.

        `function` is called with `inputs` (float64 ones are differentiated, unless `differentiable`
        lists their places) and returns a tensor or a tuple; if it is a module its parameters are
        differentiated too and its state is stored. `extra` are tensors that are only stored.
        """
        assert not any(key.startswith(name + "/") for key in self.tensors), f"{name} is there twice"
        torch.manual_seed(zlib.crc32(name.encode()))
        module = function if isinstance(function, torch.nn.Module) else None
        if module is not None:
            module.double()
            for key, value in module.state_dict().items():
                self.tensors[f"{name}/parameter.{key}"] = value.clone()
        places = [
            i for i, x in enumerate(inputs)
            if x.dtype == torch.float64 and (differentiable is None or i in differentiable)
        ]
        leaves = [x.clone().requires_grad_(i in places) for i, x in enumerate(inputs)]
        outputs = function(*leaves)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        cotangents = [torch.randn(y.shape, dtype=torch.float64) for y in outputs]
        loss = sum((y * c).sum() for y, c in zip(outputs, cotangents))
        by = [leaves[i] for i in places]
        names = [f"gradient.input.{i}" for i in places]
        if module is not None:
            trained = [(k, p) for k, p in module.named_parameters() if p.requires_grad]
            by += [p for _, p in trained]
            names += [f"gradient.parameter.{k}" for k, _ in trained]
        gradients = torch.autograd.grad(loss, by, allow_unused=True) if by else []
        stored = {f"input.{i}": x for i, x in enumerate(inputs)}
        stored |= {f"output.{i}": y for i, y in enumerate(outputs)}
        stored |= {f"cotangent.{i}": c for i, c in enumerate(cotangents)}
        stored |= {n: torch.zeros_like(x) if g is None else g for n, x, g in zip(names, by, gradients)}
        stored |= extra or {}
        for key, value in stored.items():
            self.tensors[f"{name}/{key}"] = value.detach().clone()
        if module is not None:
            for key, value in module.state_dict().items():
                before = self.tensors[f"{name}/parameter.{key}"]
                if not torch.equal(before, value):  # Running statistics that the call changed.
                    self.tensors[f"{name}/after.{key}"] = value.clone()

    def write(self):
        path = FIXTURES / f"{self.name}.safetensors"
        write_safetensors(path, self.tensors, {"made_by": "PyTorch " + torch.__version__})
        print(f"{path.name}: {path.stat().st_size // 1024} KiB")
