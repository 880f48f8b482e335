"""Single machine instructions that plain Python has no name for, each beside its plain meaning.

`INTRINSICS` names the function of bondsim that each one stands for in compiled code. They are what
lets the compiler put eight people or bonds through one instruction: a call into the C library
would stop it. Both forms give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from bondsim import numeric

_DOUBLE, _WORD, _INT = ir.DoubleType(), ir.IntType(64), ir.IntType(32)
_FRACTION_BITS = 52
_MAGIC = 2.0**52
"""Added to a small whole number, it leaves the number in the lowest bits of the sum."""


@intrinsic
def _nearest(typing_context, x):
    def generate(context, builder, signature, args):
        floor = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_DOUBLE, [_DOUBLE]), "llvm.floor.f64"
        )
        return builder.call(floor, [builder.fadd(args[0], _DOUBLE(0.5))])

    return types.float64(types.float64), generate


@intrinsic
def _power_of_two(typing_context, n):
    def generate(context, builder, signature, args):
        # 1023 is the bias of the exponent; 1.5 keeps the sum positive where n is negative
        bits = builder.bitcast(builder.fadd(args[0], _DOUBLE(1.5 * _MAGIC + 1023.0)), _WORD)
        return builder.bitcast(builder.shl(bits, _WORD(_FRACTION_BITS)), _DOUBLE)

    return types.float64(types.float64), generate


@intrinsic
def _parts(typing_context, x):
    pair = types.UniTuple(types.float64, 2)

    def generate(context, builder, signature, args):
        bits = builder.bitcast(args[0], _WORD)
        fraction = builder.and_(bits, _WORD((1 << _FRACTION_BITS) - 1))
        half = builder.bitcast(_DOUBLE(0.5), _WORD)
        significand = builder.bitcast(builder.or_(fraction, half), _DOUBLE)
        raised = builder.or_(
            builder.lshr(bits, _WORD(_FRACTION_BITS)), builder.bitcast(_DOUBLE(_MAGIC), _WORD)
        )
        exponent = builder.fsub(builder.bitcast(raised, _DOUBLE), _DOUBLE(_MAGIC + 1022.0))
        return context.make_tuple(builder, pair, [significand, exponent])

    return pair(types.float64), generate


@intrinsic
def _prefetch(typing_context, array, place):
    def generate(context, builder, signature, args):
        kind = signature.args[0]
        struct = context.make_array(kind)(context, builder, args[0])
        item = cgutils.get_item_pointer(context, builder, kind, struct, [args[1]])
        address = builder.bitcast(item, ir.IntType(8).as_pointer())
        signature_of = ir.FunctionType(ir.VoidType(), [address.type, _INT, _INT, _INT])
        name = "llvm.prefetch.p0"
        prefetch = cgutils.get_or_insert_function(builder.module, signature_of, name)
        builder.call(prefetch, [address, _INT(0), _INT(3), _INT(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


INTRINSICS: dict[Callable[..., Any], Any] = {
    numeric.nearest: _nearest,
    numeric.power_of_two: _power_of_two,
    numeric.parts: _parts,
    numeric.prefetch: _prefetch,
}
"""For each plain function the instructions that stand for it in compiled code."""
