/*
 * The names of Python's data that Debian's build of the AWS Common Runtime refers to. The dynamic linker wants them at
 * load; nothing of Python is ever called, so they hold nothing. Python's functions are bound when first called, which is never.
 */
#define DUMMY(name) void *name[4]

DUMMY(PyCapsule_Type);
DUMMY(PyExc_AttributeError);
DUMMY(PyExc_BlockingIOError);
DUMMY(PyExc_BrokenPipeError);
DUMMY(PyExc_FileNotFoundError);
DUMMY(PyExc_IndexError);
DUMMY(PyExc_KeyError);
DUMMY(PyExc_MemoryError);
DUMMY(PyExc_NotImplementedError);
DUMMY(PyExc_OverflowError);
DUMMY(PyExc_RuntimeError);
DUMMY(PyExc_TypeError);
DUMMY(PyExc_ValueError);
DUMMY(_Py_FalseStruct);
DUMMY(_Py_NoneStruct);
DUMMY(_Py_TrueStruct);
